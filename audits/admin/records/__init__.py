"""The subjects of flags: audits, processes, organizations, claims and documents, with their flags."""
