"""What flags are about: audits, processes, organizations, claims and documents, with their flags."""
