"""What a rule is given: one record, or one organization, frozen."""
