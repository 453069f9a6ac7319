#include "cli/diagnostics/json.h"

#include "cli/text/json_text.h"
#include "tests/support/annotated.h"

#include <gtest/gtest.h>

namespace dynamo {
namespace {

TEST(DiagnosticJson, HasTheKeysOfTheReferenceInTheirOrder) {
  const testing::Annotated annotated("\xEF\xBB\xBF日: «ab»\nc: «d»\n");
  const SourceFile file("graph.yaml", annotated.text());
  const auto span = [&](std::size_t index) {
    return Span{&file, annotated.range(index).begin, annotated.range(index).end};
  };
  Diagnostic diagnostic;
  diagnostic.code = codes::binding_type;
  diagnostic.message = "`ab` is wrong";
  diagnostic.graph = "fast_agg";
  diagnostic.primary = {span(0), "here"};
  diagnostic.others = {{span(1), ""}};
  diagnostic.notes = {"a rule"};
  diagnostic.helps = {"do this"};
  diagnostic.fixes = {{"rename", Applicability::Machine, {{span(0), "x"}}}};
  EXPECT_EQ(json_line(diagnostics_json({diagnostic}, false)),
            R"({"format_version":"1.0","valid":false,"errors":1,"warnings":0,"diagnostics":[)"
            R"({"code":"DG0401","severity":"error","message":"`ab` is wrong","graph":"fast_agg","spans":[)"
            R"({"file":"graph.yaml","start":{"line":1,"column":4,"byte":8},"end":{"line":1,"column":6,"byte":10},)"
            R"("primary":true,"label":"here"},)"
            R"({"file":"graph.yaml","start":{"line":2,"column":4,"byte":14},"end":{"line":2,"column":5,"byte":15},)"
            R"("primary":false,"label":""}],)"
            R"("notes":["a rule"],"helps":["do this"],)"
            R"("fixes":[{"title":"rename","applicability":"machine","edits":[)"
            R"({"file":"graph.yaml","start":8,"end":10,"text":"x"}]}],)"
            R"("explain":"dynamo graph explain DG0401"}]})");
}

TEST(DiagnosticJson, IsOneObjectEvenForNothing) {
  EXPECT_EQ(json_line(diagnostics_json({}, true)),
            R"({"format_version":"1.0","valid":true,"errors":0,"warnings":0,"diagnostics":[]})");
}

TEST(DiagnosticJson, CountsErrorsAndWarningsApart) {
  const SourceFile file("graph.yaml", "a: 1\n");
  Diagnostic warning;
  warning.code = codes::unused_component;
  warning.severity = Severity::Warning;
  warning.primary.where = {&file, 0, 1};
  const auto json = diagnostics_json({warning, warning}, true);
  EXPECT_EQ(json.at("errors").as_uint64(), 0U);
  EXPECT_EQ(json.at("warnings").as_uint64(), 2U);
  EXPECT_TRUE(json.at("diagnostics").as_array().front().as_object().at("graph").is_null());
}

}  // namespace
}  // namespace dynamo
