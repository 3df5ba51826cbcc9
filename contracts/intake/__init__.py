"""Processes submissions: reads bytes as a stream and turns them into releases, processes and typed rows."""
