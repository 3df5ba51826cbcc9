"""What figures about other processes and organizations say of this one."""
