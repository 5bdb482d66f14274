from __future__ import annotations
from tests.tools.mcp.conftest import call
async def test_x(faults_of):
    s = faults_of()
    tools = await s.tools()
    print([t.spec.name for t in tools])
    print(s.status)
    for name in ("echo garbage bad-utf8 lone-surrogate huge huge-id-last no-answer-shape deep unknown-block schema structured error refuse links picture broken-picture audio flood crash echo").split():
        r = await call(s, name, a="b")
        print(name, str(r)[:300])
    print(s.status)
    assert 0
