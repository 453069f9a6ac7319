#include "cli/text/json_text.h"

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace dynamo {
namespace {

namespace json = boost::json;

TEST(JsonText, KeepsTheOrderOfKeysAndPutsShortCollectionsOnOneLine) {
  const json::value value =
      json::parse(R"({"z": 1, "a": [1, 2], "m": {"k": null, "e": {}}, "t": "\u00e4\n", "l": []})");
  EXPECT_EQ(json_text(value),
            "{\n"
            "  \"z\": 1,\n"
            "  \"a\": [1, 2],\n"
            "  \"m\": {\"k\": null, \"e\": {}},\n"
            "  \"t\": \"ä\\n\",\n"
            "  \"l\": []\n"
            "}\n");
}

TEST(JsonText, BreaksCollectionsThatAreTooLong) {
  json::array words;
  for (int index = 0; index < 3; ++index) words.push_back(json::string(std::string(40, 'x')));
  json::object object;
  object["words"] = words;
  const std::string x(40, 'x');
  EXPECT_EQ(json_text(object),
            "{\n  \"words\": [\n    \"" + x + "\",\n    \"" + x + "\",\n    \"" + x + "\"\n  ]\n}\n");
}

TEST(JsonText, CanBeReadBackWhateverItHolds) {
  const json::value value = json::parse(R"({"a": [[1.5, true], {"b\"": "c\\\u0001"}], "n": -3, "deep": [[[["x"]]]]})");
  EXPECT_EQ(json::parse(json_text(value)), value);
  EXPECT_EQ(json::parse(json_line(value)), value);
}

TEST(JsonText, NeverHoldsBytesThatAreNotUtf8) { EXPECT_EQ(json_line(json_string("a\xff")), "\"a\\\\xff\""); }

TEST(YamlText, WritesBlocks) {
  const json::value value = json::parse(R"({"graph": "fast_agg", "replicas": {"min": 1, "max": 2}, "none": null,
    "command": ["python3", "-m", "llm"], "empty": [], "nothing": {}, "slots": [{"name": "a", "to": ["b"]}, {"name": "c"}],
    "matrix": [[1, 2], [3]]})");
  EXPECT_EQ(yaml_text(value),
            "graph: fast_agg\n"
            "replicas:\n"
            "  min: 1\n"
            "  max: 2\n"
            "none: null\n"
            "command:\n"
            "  - python3\n"
            "  - \"-m\"\n"
            "  - llm\n"
            "empty: []\n"
            "nothing: {}\n"
            "slots:\n"
            "  - name: a\n"
            "    to:\n"
            "      - b\n"
            "  - name: c\n"
            "matrix:\n"
            "  - - 1\n"
            "    - 2\n"
            "  - - 3\n");
}

TEST(YamlText, QuotesWhatAReaderCouldTakeForSomethingElse) {
  for (const char* text :
       {"true", "No", "null", "~",  "1",  "0x1F", "1e3", ".inf", "",   " a",  "a: b",       "a #b", "- a", "&a",
        "*a",   "!t", "%d",   "@x", "`x", "{a",   "[a",  "a,b",  "'a", "\"a", "2026-11-23", "=",    "<<",  "on"}) {
    const std::string written = yaml_text(json_string(text));
    EXPECT_EQ(written.front(), '"') << text;
    EXPECT_EQ(json::parse(written), json::value(text)) << "a quoted scalar is JSON too";
  }
  for (const char* text : {"fast_agg", "/usr/bin/env", "a-b.c", "user@host", "v1.2"}) {
    EXPECT_EQ(yaml_text(json_string(text)), std::string(text) + "\n");
  }
}

}  // namespace
}  // namespace dynamo
