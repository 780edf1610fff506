"""The sync centre without its window: what the resolver proposes, and what a person does there."""
