"""Tests that need a browser; they skip with a reason where none is installed."""
