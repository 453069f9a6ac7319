"""A DynamoGraphDeployment with simulated engines, imported and served: what ran in a cluster runs here.

Run one test with: DYNAMO=build/dev/bin/dynamo python3 test_import.py Import.test_NAME
"""
from real import RealTest, main
from served import dynamo

BETA = """
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: mock-disagg}
spec:
  env: [{name: DYN_LOG, value: info}]
  components:
    - name: Frontend
      type: frontend
      podTemplate: {spec: {containers: [{name: main, image: example.com/dynamo:1.6.1,
        env: [{name: DYN_ROUTER_MODE, value: kv}]}]}}
    - &worker
      name: Decode
      type: decode
      replicas: 2
      sharedMemorySize: 1Gi
      podTemplate: {spec: {containers: [{name: main, image: example.com/dynamo:1.6.1, command: [python3, -m, dynamo.mocker],
        args: [--model-path, MODEL_PATH, --model-name, tiny-chat, --disaggregation-mode, decode]}]}}
    - name: Prefill
      type: prefill
      podTemplate: {spec: {containers: [{name: main, image: example.com/dynamo:1.6.1, command: [/bin/bash, -c],
        args: ["exec python3 -m dynamo.mocker --model-path ${MODEL_DIR} --model-name tiny-chat --disaggregation-mode prefill"],
        env: [{name: MODEL_DIR, value: MODEL_PATH}]}]}}
"""

ALPHA = """
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: {name: mock-agg}
spec:
  services:
    Frontend: {componentType: frontend, replicas: 1}
    Worker:
      componentType: worker
      replicas: 2
      livenessProbe: {httpGet: {path: /live, port: 9090}, periodSeconds: 5, failureThreshold: 3}
      extraPodSpec:
        mainContainer:
          image: example.com/dynamo:1.0.0
          command: [python3, -m, dynamo.mocker]
          args: [--model-path, MODEL_PATH, --model-name, tiny-chat]
"""


class Import(RealTest):
    def imported(self, manifest, name):
        deployment, graph = self.model / f"{name}.deployment.yaml", self.model / f"{name}.yaml"
        deployment.write_text(manifest.replace("MODEL_PATH", str(self.model)))
        done = dynamo("import", deployment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("warning", done.stderr)  # the image, at least, has no meaning here
        graph.write_text(done.stdout)
        checked = dynamo("graph", "validate", graph)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        return f"{graph}:{name}"

    def test_a_v1beta1_deployment_is_served(self):
        run = self.serve(self.imported(BETA, "mock-disagg"))
        self.assertEqual(set(run.workers()), {"frontend/0", "decode/0", "decode/1", "prefill/0"})
        self.answers(run)
        self.streams(run)
        self.assertEqual(run.workers()["frontend/0"][1]["DYN_ROUTER_MODE"], "kv")
        self.stops(run)

    def test_a_v1alpha1_deployment_is_served(self):
        run = self.serve(self.imported(ALPHA, "mock-agg"))
        self.assertEqual(len(run.workers("worker")), 2)
        self.answers(run)
        self.stops(run)


if __name__ == "__main__":
    main()
