"""Whole stories: in a real browser, over HTTP, and on labelled questions."""
