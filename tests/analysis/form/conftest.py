from tests.analysis.form.studio import studio

__all__ = ["studio"]
