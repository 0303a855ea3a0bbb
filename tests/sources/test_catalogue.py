"""Every platform that the catalogue says is pulled has its module, and its module is held to the rules."""

import importlib

import pytest

from pipelines.sources.catalogue import pulled_platforms, source
from tests.sources.conformance import Conformance


@pytest.mark.parametrize("platform", pulled_platforms())
def test_a_pulled_platform_has_a_module_with_what_every_source_offers(platform: str) -> None:
    module = source(platform)
    assert module.SANDBOX_PATH.startswith(f"/{platform}")
    assert module.REQUESTS_PER_ACCOUNT > module.REQUESTS_PER_PULSE > 0
    assert module.THREAD in module.ENTITIES["messages"]
    assert set(module.ENTITIES) <= {"profiles", "posts", "messages"}
    for entity, columns in module.ENTITIES.items():
        assert {module.KEYS[entity], module.TIMES[entity]} <= set(columns)
        assert entity == "profiles" or module.POSTS[entity] in columns
    assert callable(module.platform)
    assert callable(module.pull)


@pytest.mark.parametrize("platform", pulled_platforms())
def test_the_tests_of_a_platform_inherit_the_rules_for_all(platform: str) -> None:
    own = vars(importlib.import_module(f"tests.sources.test_{platform}")).values()
    suites = [one for one in own if isinstance(one, type) and issubclass(one, Conformance)]
    assert [suite.platform for suite in suites if suite is not Conformance] == [platform]
