"""The first migration makes all tables in one step; Django alone renders every model anew for each one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Model


class TablesAtOnce(Operation):
    """Make the tables that these operations describe together; only for a database that has none of them."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Each operation tells the state; nothing is rendered until all have."""
        state.clear_delayed_apps_cache()
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make every table of the app with its indexes and constraints."""
        for model in self._tables(app_label, schema_editor, to_state):
            schema_editor.create_model(model)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove them, the last first."""
        for model in reversed(self._tables(app_label, schema_editor, from_state)):
            schema_editor.delete_model(model)

    def _tables(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState
    ) -> list[type[Model]]:
        """The models with a table of their own here, in the order in which the operations name them."""
        models = state.apps.get_app_config(app_label).get_models()
        return [each for each in models if self.allow_migrate_model(schema_editor.connection.alias, each)]

    def describe(self) -> str:
        """What `migrate` says of it."""
        return f"Make all tables ({len(self.operations)} operations)"
