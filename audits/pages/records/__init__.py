"""The pages of one record and of one flag, and the replies of those they name."""
