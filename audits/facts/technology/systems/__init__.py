"""Systems that watch people or carry the traffic of others, in which places and of which people."""
