#include "graph_loader/spec/rare.h"

#include <gtest/gtest.h>

#include <string>

namespace dynamo {
namespace {

struct Part {
  std::string text = "default";
};

TEST(Rare, ReadsAsTheDefaultUntilItIsEdited) {
  Rare<Part> part;
  EXPECT_FALSE(part.is_set());
  EXPECT_EQ(part->text, "default");
  part.edit().text = "own";
  EXPECT_TRUE(part.is_set());
  EXPECT_EQ(part->text, "own");
  EXPECT_EQ(Rare<Part>()->text, "default");
}

TEST(Rare, CopiesDoNotSeeEachOthersEdits) {
  Rare<Part> base;
  base.edit().text = "base";
  Rare<Part> layer = base;
  layer.edit().text = "layer";
  EXPECT_EQ(base->text, "base");
  EXPECT_EQ(layer->text, "layer");
}

}  // namespace
}  // namespace dynamo
