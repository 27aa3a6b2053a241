"""Deleting the personal data of a campaign."""
