"""Backups of everything, in one encrypted file: made, proven and put back."""
