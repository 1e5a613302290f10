"""The Model Context Protocol: our servers, and a client of other people's that never blocks a run.

The protocol's own library is called `mcp` as well; imports here are absolute, so both are reached.
"""
