"""`make bench`: what each route costs, as a ratio to a bare view on the same server in the same run.

The bench has services, ports and data of its own and shares nothing with a running FitAI. See docs/performance.md.
"""
