"""The second factor of people: an app with codes, passkeys, recovery codes, and what is closed without one."""
