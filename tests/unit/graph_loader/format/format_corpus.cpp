#include "tests/unit/graph_loader/format/format_corpus.h"

#include "graph_loader/format.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace dynamo {

const std::vector<std::string>& yaml_features() {
  static const std::vector<std::string> texts = {
      // Scalars.
      "a: plain\nb: 'single'\nc: \"double\"\nd: \"esc\\\"\\n\\u00e9\"\ne: 'it''s'\nf: 'say \"x\"'\ng: ~\nh: "
      "null\ni:\nj: 1\n"
      "k: -0.5e3\nl: True\nm: \"true\"\nn: \"010\"\no: \"no\"\np: \"\"\nq: ''\nr: \"a b\"\ns: \"--model\"\nt: "
      "\"${x}\"\n",
      "a: folded\n  plain\n\n  text # c\nb: 'two\n  lines'\nc: \"three\\\n   joined\n\n   lines \\\n  end\"\nd:\n  "
      "below\n  it\n"
      "e:\n  \"below\n\n  too\"\nf: [x, 'a\n   b', c\n  d]\n",
      "a: |\n  literal\n    more\n\n  end\nb: >\n  folded\n  text\n\n    more\n  end\nc: |-\n  strip\nd: |+\n  "
      "keep\n\n\n"
      "e: >-\n\n  leading\nf: |2\n   indented\n  x\ng: >2-\n    indented\n  x\nh: | # comment\n  text # text\ni: "
      "|+\n\n\nj: |\n",
      "list:\n- |\n text\n- >-\n text\n- - |2\n    x\n  - |+\n   y\n\n- a: |\n   z\n  b: >\n   z\n",
      "a: >+\n  folded\n  and kept\n\n\nb: >+2\n   more\n\nc: |+\n\n\nd: \"\n\n  \"\ne: 'x\n\n\n  '\nf: "
      "\"\\N\\_\\x41\"\n",
      "specs:\nimports: |\n t\n  ",
      "specs:\n  a: >\n    t\n    ",
      // Collections.
      "a: {b: c, d: [e, {f: g}], h: , i, j: {}, k: [], \"l\":m, ? n : o}\nb: [a: b, c, {d}, [e], ~]\nc: {\n  a: b,\n  "
      "c: d,\n}\n"
      "d: [\n  a,\n  b,\n]\n",
      "{apiVersion: dynamo/v1, graphs: {a: {spec: B}}, components: {C: {command: [x]}}}\n",
      "a:\n- b\n- c: d\n  e: f\n-\n  - g\n  - - h\n    - i\n-\nj:\n    k:\n        l: m\n",
      "? a\n: b\n? 'c'\n? |\n  block key\n: d\n? \"two\n  lines\"\n: - e\n  - f\n",
      // Anchors and aliases.
      "a: &x b\nc: *x\nd: &y {e: *x}\nf: [*x, *y, &z g, *z]\n&k key: v\nh: &m\n  i: j\nl: &n\n  - *m\no: &e\np: *e\n"
      "q: [&e2 , *e2]\nr: {s: &e3 , t: *e3}\nu: &t\n  text\n  below\nv:\n  - &w x\n  - &ww\n    a: b\n  - {*k : 1}\n  "
      "- *k : 2\n",
      "&root\na: b\n",
      "graphs:\n  a: {bind: {f: &kv {params: {r: 1}}}, spec: S}\n  b: {bind: {f: *kv}, spec: S}\napiVersion: "
      "dynamo/v1\n",
      "specs:\n  S: {slots: {a: &t T}, params: {p: *t}, entry: a}\n",
      // Comments.
      "# header\n\n# more\na: b # one\n# above c\nc: # two\n  # first\n  d: e # three\n  # foot of c\n# above f\nf:\n  "
      "- g # four\n"
      "  # foot of f\n\n  # again\n# end\n",
      "a: b      # one\n          # goes on\nlonger: c # two\n          # goes on\n\n\nd: # x\n  [e, # y\n   # z\n   f "
      "# w\n  ] # v\n"
      "g: {h: i, # u\n  # t\n  j: k} # s\nl: [ # r\n  ] # q\nm: { # p\n # o\n }\nn: [o # p\n  ]\n",
      "list: # a\n- # b\n  a: b # c\n# d\n- - # e\n    f # g\n  # h\n- {i: j} # k\n  # l\n-\n  # m\n  - n\nnull:\n  # "
      "o\n   # p\nq:\n"
      "# r\n  s:\n  # t\n  # u\n # v\nw: # x\n  y # z\n",
      "a: # b\n  # c\n  \"\" # d\ne: # f\n  # g\n  [h, # i\n   j] # k\nl: {m: n, # o\n p: q} # r\ns:\n  # t\n\n  # u\n "
      " - # v\n    # w\n "
      "   {x: y} # z\n",
      "graphs:\n  # heading\n\n  a:\n    # of both\n\n    bind: {}\n    # own\n    spec: S\n",
      "? # a\n  b # c\n: # d\n  e # f\n? g\n# h\n: i\nj: &k # l\n  m: n\no: &p\n  # q\n  r\ns: # t\n  &u # v\n  - w\n",
      "%YAML 1.2\n# a\n---  # b\n# c\na: b\n...\n# d\n",
      "---\na: b\n",
      "--- # a\n{b: c} # d\n# e\n",
      "\xEF\xBB\xBF# a\r\nb: c # d\r\n\r\n\r\n\r\ne: |\r\n  f\r\n  g\r\nh: 'i\r\n\r\n  j'\r\nk: \"l\\\r\n  m\"\r\n",
      // The language, out of order.
      "# header\ngraphs:\n  # above a\n  a:\n    bind: {x: y}   # bind\n    # above doc\n    doc: text\n    x-note: "
      "follows doc\n    spec: S\n\n"
      "# about components\ncomponents:\n  C:\n    live: {interval: 1s, tcp: p}\n    x-first: 1\n    unknown: 2\n    "
      "command: [run]\n"
      "    env: {B: 1, A: 2}\n    doc: |\n      text\n    extends: D\napiVersion: dynamo/v1 # last\nx-end: {b: 1, a: "
      "2}\n",
      "graphs:\n  a:   {spec: A}\n  long_name: {spec: A}\n  b:\n    spec: B\n  c:  {spec: C}\n\n  dd: {spec: D}\n  # "
      "x\n  eee: {spec: E}\n"
      "  'q q':  {spec: F}\n",
      "components:\n  A:\n    command: [python3, -m, some.module, --first-option, \"${params.first}\", "
      "--second-option, \"${params.second}\",\n"
      "              # about the third\n              --third-option, \"${params.third}\", # behind it\n              "
      "--last, 'a\n"
      "                b']\n  B: {command: [python3, -m, some.module, --first-option, \"${params.first}\", "
      "--second-option, \"${params.second}\", --third, x]}\n"
      "  C:\n    command: [\n      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n      "
      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,\n"
      "      cccccccccccccccccccccccccccccccccccccc,\n    ]\n",
  };
  return texts;
}

std::vector<std::string> all_graph_files() {
  namespace fs = std::filesystem;
  std::vector<fs::path> paths;
  for (const char* folder : {"examples", "tests/golden"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(DYNAMO_SOURCE_DIR) / folder)) {
      if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts = yaml_features();
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

std::string try_formatting(const std::string& text, std::size_t* formatted) {
  try {
    DiagnosticList diagnostics;
    const SourceFile before("graph.yaml", text);
    const std::optional<std::string> once = format_text(before, diagnostics);
    if (!once) return diagnostics.errors() > 0 ? "" : "no text, and no reason";
    const SourceFile middle("graph.yaml", *once);
    const std::optional<std::string> twice = format_text(middle, diagnostics);
    if (!twice) return "what was formatted cannot be read:\n" + *once;
    if (*once != *twice) return "the second time gives another text:\n" + *once + "--- and then ---\n" + *twice;
  } catch (const std::exception& error) {
    return error.what();
  }
  if (formatted != nullptr) ++*formatted;
  return {};
}

}  // namespace dynamo
