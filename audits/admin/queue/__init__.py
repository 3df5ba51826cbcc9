"""The queue of flags: which each person sees, in which order, as rows of contracts, and walked one by one."""
