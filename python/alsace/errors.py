"""What goes wrong, one class for each reaction a caller can have."""


class Error(Exception):
    """Any error of Alsace. The message says where, the value, what it must be and what to do next."""


class InvalidArgument(Error, ValueError):
    """An option, shape or row number is out of its range: fix the call."""


class InvalidData(Error, ValueError):
    """An input can be read but not understood: fix the data."""


class UnknownId(Error, KeyError):
    """A user or item id is not in the model: use another, or fold in a history."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class IoError(Error, OSError):
    """The operating system refused a file: check path, disk, rights."""


class IncompatibleModel(Error, ValueError):
    """A model file is damaged or of a newer format: update or train again."""


class NumericalFailure(Error, ValueError):
    """A row's system has no solution: change the option the message names."""


class NotFittedError(Error, ValueError, AttributeError):
    """The model has not been trained: call fit first."""
