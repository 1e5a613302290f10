"""The console: pages for reviewers and operators, in the process of the REST server."""
