"""The words a person reads, in English and Spanish."""
