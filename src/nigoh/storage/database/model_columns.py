"""The columns that say which model made a template."""

from sqlalchemy import ColumnElement, RowMapping, Table, and_

from nigoh.domain.template import ModelIdentity


def model_values(model: ModelIdentity) -> dict[str, object]:
    """What stands in the columns."""
    return {
        "model_name": model.name,
        "model_version": model.version,
        "model_digest": model.digest,
        "model_preprocessing": model.preprocessing,
        "dimension": model.dimension,
    }


def model_of(row: RowMapping) -> ModelIdentity:
    """What the columns of a row say."""
    return ModelIdentity(
        name=row["model_name"],
        version=row["model_version"],
        digest=row["model_digest"],
        preprocessing=row["model_preprocessing"],
        dimension=row["dimension"],
    )


def is_of_model(table: Table, model: ModelIdentity) -> ColumnElement[bool]:
    """The rows of this model alone."""
    return and_(*(table.c[name] == value for name, value in model_values(model).items()))
