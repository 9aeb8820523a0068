"""Why a backup is not made, not believed or not put back, in a sentence for who runs the server."""


class Refused(Exception):
    """Nothing was changed. The text says why, and what to do."""
