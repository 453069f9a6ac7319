"""`dynamo graph lsp` and the files around the one that is edited: many, large, broken, missing, or linked.

Run one test with: DYNAMO=build/release/bin/dynamo python3 test_workspace.py Around.test_NAME
"""
import os, unittest
from pathlib import Path

from client import Failed, position, uri
from test_protocol import Case

LIB = """apiVersion: dynamo/v1
interfaces:
  B: {endpoints: [g]}
components:
  C: {implements: [B], command: [c], endpoints: [g]}
  D: {extends: C}
"""
ROOT = """apiVersion: dynamo/v1
imports: [lib.yaml]
specs:
  S: {entry: s, slots: {s: B = C}}
graphs:
  a: {spec: S, bind: {s: D}}
"""


def large(components):
    lines = ["apiVersion: dynamo/v1", "interfaces: {B: {endpoints: [g]}}", "components:"]
    for number in range(components):
        lines += [f"  C{number}:", "    implements: [B]", "    command: [c, \"${params.p}\"]", "    endpoints: [g]",
                  f"    params: {{p: int = {number}}}"]
    lines += ["specs:", "  S: {entry: s, slots: {s: B = C0}}", "graphs:"]
    lines += [f"  g{number}: {{spec: S, bind: {{s: C{number}}}}}" for number in range(0, components, 10)]
    return "\n".join(lines) + "\n"


class Around(Case):
    def setUp(self):
        super().setUp()
        self.lib = self.write("lib.yaml", LIB)
        self.root = self.write("graph.yaml", ROOT)

    def rename(self, editor, new="Core", path=None, index=None):
        edit = editor.ask("rename", path or self.lib, LIB.index("  C:") + 3 if index is None else index, newName=new)
        return sorted(Path(one["textDocument"]["uri"]).name for one in edit["documentChanges"])

    def refused(self, editor, **more):
        with self.assertRaises(Failed) as caught:
            self.rename(editor, **more)
        self.assertEqual(caught.exception.code, -32803)
        return str(caught.exception)

    def symbols(self, editor, path):
        return editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri(path)}})

    def test_many_files_are_found(self):
        for number in range(520):
            self.write(f"many/m{number}.yaml", ROOT.replace("lib.yaml", "../lib.yaml"))
        self.write("large.yaml", ROOT + "# x\n" * 300_000)
        editor = self.editor(folder=self.folder)
        editor.open(self.lib)
        self.assertEqual(len(self.rename(editor)), 523)

    def test_folders_of_programs_are_left_out(self):
        for name in ("venv", "site-packages", "target", "node_modules", "__pycache__", ".venv", "build"):
            self.write(f"{name}/copy.yaml", ROOT.replace("lib.yaml", "../lib.yaml"))
        editor = self.editor(folder=self.folder)
        editor.open(self.lib)
        self.assertEqual(self.rename(editor), ["graph.yaml", "lib.yaml"])
        # What was open once is known.
        path = self.folder / "venv" / "copy.yaml"
        editor.open(path)
        editor.diagnostics(path)
        editor.shut(path)
        self.assertEqual(self.rename(editor), ["copy.yaml", "graph.yaml", "lib.yaml"])

    def test_a_rename_is_refused_where_the_search_did_not_end(self):
        self.write("/".join(["d"] * 40) + "/x.yaml", ROOT)
        editor = self.editor(folder=self.folder)
        editor.open(self.lib)
        self.assertIn("went down 32 folders and no further; open a smaller folder", self.refused(editor))

    def test_a_rename_is_refused_while_a_file_that_uses_the_name_is_broken(self):
        other = self.write("other.yaml", ROOT + "  c: {spec: S\n")
        editor = self.editor(folder=self.folder)
        editor.open(self.lib)
        self.assertIn(f"`{other}` is not YAML", self.refused(editor))
        # Also where nothing at all can be read of it.
        other.write_text("}: {\n" * 20 + ROOT)
        self.assertIn(f"`{other}` is not YAML", self.refused(editor))
        other.write_text(ROOT.replace("lib.yaml", "none.yaml") + "  c: {spec: S\n")
        self.assertEqual(self.rename(editor), ["graph.yaml", "lib.yaml"])

    def test_names_are_not_made_equal_while_nothing_is_checked(self):
        text = ROOT.replace("[lib.yaml]", "[lib.yaml, gone.yaml]")
        text += "components:\n  X: {implements: [B], command: [x], endpoints: [g]}\n"
        self.root.write_text(text)
        editor = self.editor(folder=self.folder)
        editor.open(self.root)
        sentence = self.refused(editor, new="X", path=self.root, index=text.index("= C") + 2)
        self.assertIn("component `C` cannot become `X`", sentence)
        self.assertIn("DG0203", sentence)

    def test_a_part_keeps_its_features_while_its_root_cannot_be_read(self):
        editor = self.editor(folder=self.folder)
        editor.open(self.lib)
        editor.open(self.root)
        for text in (ROOT.replace("dynamo/v1", "dynamo/"), ROOT.replace("dynamo/v1", "dynamo/v2")):
            editor.change(self.root, text)
            self.assertIsNotNone(editor.ask("hover", self.lib, LIB.index("  C:") + 3))
            self.assertEqual(len(self.symbols(editor, self.lib)), 2)
            self.assertIn("C", [one["label"] for one in editor.complete(self.lib, LIB.replace("extends: C", "extends: ▮"))])
            editor.change(self.lib, LIB)
        editor.shut(self.root)
        self.root.unlink()  # and nobody says so
        editor.change(self.lib, "# x\n" + LIB)
        self.assertIsNotNone(editor.ask("hover", self.lib, LIB.index("  C:") + 7))
        self.assertEqual(len(self.symbols(editor, self.lib)), 2)

    def test_a_folder_behind_a_link_is_the_same_folder(self):
        link = self.folder.with_name(self.folder.name + "-link")
        link.symlink_to(self.folder)
        self.addCleanup(link.unlink)
        editor = self.editor(folder=link)
        editor.open(link / "graph.yaml")
        editor.open(self.lib, LIB.replace("  C:", "  CC:"))
        editor.settle()
        told = {Path(one["uri"]).name: one for one in editor.published}
        self.assertEqual({one["code"] for one in told["graph.yaml"]["diagnostics"]}, {"DG0201"})
        self.assertEqual(told["graph.yaml"]["uri"], uri(link / "graph.yaml"))
        editor.change(self.lib, LIB)
        found = editor.ask("references", link / "graph.yaml", ROOT.index("= C") + 2, context={"includeDeclaration": True})
        self.assertEqual(sorted((Path(one["uri"]).name, one["range"]["start"]["line"]) for one in found),
                         [("graph.yaml", 3), ("lib.yaml", 4), ("lib.yaml", 5)])
        # A file that is not open has the name that the editor would give it.
        editor.shut(self.lib)
        found = editor.ask("definition", link / "graph.yaml", ROOT.index("= C") + 2)
        self.assertEqual([one["uri"] for one in found], [uri(link / "lib.yaml")])

    def test_a_file_behind_a_link_is_the_same_file(self):
        self.write("g2.yaml", ROOT.replace("lib.yaml", "lib2.yaml"))
        (self.folder / "lib2.yaml").symlink_to(self.lib)
        editor = self.editor(folder=self.folder)
        for name, text in (("g2.yaml", ROOT.replace("lib.yaml", "lib2.yaml")), ("graph.yaml", ROOT)):
            editor.open(self.folder / name)
            index = text.index("= C") + 2
            self.assertEqual(self.rename(editor, path=self.folder / name, index=index), ["g2.yaml", "graph.yaml", "lib.yaml"])


class Large(Case):
    """Time grows with the file and no faster: each answer is compared with that for a file of a quarter. What counts is
    the time that the server works; a busy machine makes it wait."""

    @staticmethod
    def worked(editor):
        fields = Path(f"/proc/{editor.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def times(self, components):
        text = large(components)
        path = self.write(f"large{components}.yaml", text)
        editor = self.editor()
        editor.open(path)
        editor.diagnostics(path)
        named = {"textDocument": {"uri": uri(path)}}
        at = {"position": position(text, text.index("{B: {") + 1)}
        result = {}
        for method, more in (("documentSymbol", {}), ("references", {**at, "context": {"includeDeclaration": True}}),
                             ("documentHighlight", at), ("rename", {**at, "newName": "Zed"})):
            begin = self.worked(editor)
            self.assertTrue(editor.request("textDocument/" + method, {**named, **more}))
            result[method] = self.worked(editor) - begin
        self.assertEqual(editor.end()[0], 0)
        return result

    def test_answers_that_name_many_places(self):
        few, many = self.times(500), self.times(2000)
        for method, seconds in many.items():
            self.assertLess(seconds, 0.5 + 9 * few[method], method)


if __name__ == "__main__":
    unittest.main(verbosity=2)
