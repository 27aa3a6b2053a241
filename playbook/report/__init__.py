"""The report: every chapter run by papermill, and what they hand on gathered into pages, a workbook and JSON.

This package runs notebooks and knows no marketing.
"""
