"""Specification of the rooms of `assistant`."""
