#include "proto/template.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dynamo {
namespace {

Template with(RunReference reference) {
  Template result("--port=");
  result.parts.push_back({"${" + reference.name + "}", std::move(reference)});
  result.parts.push_back({"!", std::nullopt});
  return result;
}

std::string fill(const Template& text, std::string_view value, std::optional<std::string>* error = nullptr) {
  std::optional<std::string> none;
  return text.fill([&](std::string_view) { return std::string(value); }, error != nullptr ? *error : none);
}

TEST(Template, OfPlainTextIsThatText) {
  const Template text("serve --fast");
  EXPECT_TRUE(text.is_literal());
  EXPECT_EQ(text.as_written(), "serve --fast");
  EXPECT_EQ(fill(text, "ignored"), "serve --fast");
}

TEST(Template, OfNothingHasNoParts) {
  EXPECT_TRUE(Template("").parts.empty());
  EXPECT_EQ(Template(""), Template());
  EXPECT_TRUE(Template().is_literal());
  EXPECT_EQ(fill(Template(), "x"), "");
}

TEST(Template, ShowsReferencesAsTheyWereWritten) {
  const Template text = with({"self.port.chat", Fallback::None, ""});
  EXPECT_FALSE(text.is_literal());
  EXPECT_EQ(text.as_written(), "--port=${self.port.chat}!");
}

TEST(Template, AsksForEachReferenceByItsName) {
  Template text = with({"self.port.chat", Fallback::None, ""});
  text.parts.push_back({"${clients.router}", RunReference{"clients.router", Fallback::None, ""}});
  std::string asked;
  std::optional<std::string> error;
  const std::string filled = text.fill(
      [&](std::string_view name) {
        asked += std::string(name) + ";";
        return "<" + std::string(name) + ">";
      },
      error);
  EXPECT_EQ(asked, "self.port.chat;clients.router;");
  EXPECT_EQ(filled, "--port=<self.port.chat>!<clients.router>");
  EXPECT_FALSE(error);
}

TEST(Template, FallsBackOnlyIfTheValueIsEmpty) {
  const Template text = with({"clients.router", Fallback::Default, "none"});
  EXPECT_EQ(fill(text, "http://a"), "--port=http://a!");
  EXPECT_EQ(fill(text, ""), "--port=none!");
  EXPECT_EQ(fill(with({"clients.router", Fallback::None, ""}), ""), "--port=!");
}

TEST(Template, TellsTheFirstReferenceThatMustBeSet) {
  Template text = with({"clients.router", Fallback::Error, "bind a router"});
  text.parts.push_back({"${clients.other:?x}", RunReference{"clients.other", Fallback::Error, "x"}});
  std::optional<std::string> error;
  fill(text, "set", &error);
  EXPECT_FALSE(error);
  fill(text, "", &error);
  EXPECT_EQ(error, "clients.router: bind a router");
}

}  // namespace
}  // namespace dynamo
