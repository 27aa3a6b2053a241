"""A guide to micro-influencer marketing that runs on your own data."""

__version__ = "0.1.0"
