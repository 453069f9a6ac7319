"""A graph file with one of everything, and the cases that ask about it."""
from test_protocol import Case

PARTS = """apiVersion: dynamo/v1
interfaces:
  Metrics: {doc: numbers for people, endpoints: {scrape: {protocol: http}}}
components:
  Prometheus:
    implements: [Metrics]
    command: [prom, "${self.port.scrape}"]
    endpoints: {scrape: {port: 9090}}
"""

GRAPH = """apiVersion: dynamo/v1
imports:
  - {file: parts/metrics.yaml, as: acme}
interfaces:
  Frontend: {doc: the door, endpoints: {chat: Ask -> stream Chunk}}
  Backend: {endpoints: {generate: Tokens -> stream Tokens}}
  KvBackend: {extends: [Backend], endpoints: [events]}
  Router: {endpoints: [route]}
components:
  Door:
    doc: speaks HTTP
    implements: [Frontend]
    command: [door, --model, "${params.model}", --to, "${clients.backend}"]
    endpoints: {chat: {port: 8000}}
    clients: {backend: Backend, router: optional Router}
    params: {model: "string = ${graph.model}", mode: enum(fast|slow) = fast}
    ready: {http: {path: /health, port: chat}}
  Mock:
    implements: [Backend]
    command: [mock]
    endpoints: [generate]
    params: {tp: int = 1}
  Big:
    extends: Mock
    params: {tp: int = 4}
  Kv:
    implements: [KvBackend]
    command: [kv]
    endpoints: [generate, events]
  KvRouter: {implements: [Router], command: [r, "${clients.workers.generate}"], endpoints: [route], clients: {workers: many KvBackend}}
specs:
  Agg:
    doc: one of each
    entry: frontend
    params: {model: string = tiny}
    slots:
      frontend: Frontend = Door
      backend: Backend = Mock
    sidecars: {metrics: optional acme.Metrics = acme.Prometheus}
  Routed:
    extends: Agg
    slots:
      backend: KvBackend = Kv
      router: optional Router
graphs:
  small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}
  big: {extends: small, bind: {backend: Big}, params: {model: large}}
  routed: {spec: Routed, bind: {router: KvRouter}, wire: {frontend.router: router}, sidecars: {metrics: none}}
"""


class Knows(Case):
    def setUp(self):
        super().setUp()
        self.path = self.write("graph.yaml", GRAPH)
        self.parts = self.write("parts/metrics.yaml", PARTS)
        self.open_editor()

    def open_editor(self, **options):
        self.ed = self.editor(folder=self.folder, **options)
        self.ed.open(self.path)
        self.assertEqual(self.ed.diagnostics(self.path), [])

    def at(self, context, word=None):
        """The index of a word within a piece of GRAPH."""
        begin = GRAPH.index(context)
        return begin + (context.index(word) if word else 0)
