"""A whole nation on loopback: the platforms' real API shapes, with known answers.

Everything is a pure function of a seed and a moment (the `Sandbox-Now` header, or the real now), so
the same question gives the same bytes and any day can be pulled in any order. Forces and their
populations are real; every account, post, message and figure is invented.

From the ground up: dice, clock, forces → nation, story, habits, audience → names, posts, threads,
timeline → world → routers/, truth, returns, register → app, cli, serve.
"""
