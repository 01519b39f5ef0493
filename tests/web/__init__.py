"""The pages: what they show and to whom."""
