"""The specification of finding: embedding, index, shelf, certainty and grouping."""
