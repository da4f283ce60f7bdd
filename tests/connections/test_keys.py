"""Changing the keys that secrets are sealed with, while others use them."""

from __future__ import annotations

import pytest

from tests.looking import only
from tests.world import World
from tieout.connections.companies import test_connection as ask_quickbooks
from tieout.connections.keys import retire_keys, rotate_keys, show_keys
from tieout.connections.sealing import access_token
from tieout.kit.errors import NotAllowed
from tieout.security.callers import operator
from tieout.storage.boxes import EVERY
from tieout.storage.tables import metadata

OPERATOR = operator("main", "cli")


def test_every_sealed_column_of_the_database_is_reached() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_box")
    }
    assert sealed == {f"{table.name}.{prefix}_box" for table, prefix in EVERY}


def test_keys_are_changed_while_another_process_works(world: World) -> None:
    running = world.edges
    other = world.start(ids_seed=99)
    first = show_keys(other, OPERATOR).newest
    shown = rotate_keys(other, OPERATOR)
    assert shown.newest != first
    assert shown.resealed == 3, "two tokens and the app's secret"
    assert shown.boxes == {shown.newest: 3, first: 0}
    assert ask_quickbooks(running, world.caller), "the running process read the key file again"
    world.pass_time(26 * 3600)
    assert world.sync().state == "succeeded"
    assert show_keys(other, OPERATOR).boxes == {shown.newest: 3, first: 0}, "and seals with the new key"
    retired = retire_keys(other, OPERATOR)
    assert retired.retired == (first,)
    assert retired.boxes == {shown.newest: 3}
    world.pass_time(26 * 3600)
    assert world.sync().state == "succeeded"
    other.database.close()
    world.restart()
    assert ask_quickbooks(world.edges, world.caller)
    for path in (world.edges.key_file.path, world.edges.key_file.backup()):
        assert path.stat().st_mode & 0o777 == 0o600
    assert first in world.edges.key_file.backup().read_text()


def test_a_rotation_that_was_cut_off_is_run_again(small_world: World) -> None:
    world = small_world
    world.connect()
    world.edges.key_file.add("unfinished")
    with world.edges.database.reading() as work:
        grant = only(work.grants.all(only(work.companies.all("main")).id))
    assert access_token(world.edges.keys, grant)
    shown = retire_keys(world.edges, OPERATOR)
    assert (shown.newest, shown.resealed, shown.retired) == ("unfinished", 3, ("first",))
    assert ask_quickbooks(world.edges, world.caller)


def test_only_the_operator_changes_keys(small_world: World) -> None:
    for act in (rotate_keys, retire_keys, show_keys):
        with pytest.raises(NotAllowed):
            act(small_world.edges, small_world.caller)
