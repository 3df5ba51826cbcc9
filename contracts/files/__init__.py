"""Files that are not JSON: what they are, by their content, and how a stranger's file is read in safety."""
