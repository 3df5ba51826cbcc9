"""The input of rules: one record, or one organization, frozen."""
