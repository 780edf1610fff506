"""Students: search, chart and its tabs, without Qt."""
