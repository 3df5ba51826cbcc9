"""The pages of one record and of one flag, and how whoever they name replies."""
