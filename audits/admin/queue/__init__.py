"""The queue of flags: what each person sees, its order, its rows by contract, and going through it one by one."""
