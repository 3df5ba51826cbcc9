"""Listed vendors, financing and gifts."""
