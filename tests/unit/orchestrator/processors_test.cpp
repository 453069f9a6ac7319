#include "orchestrator/processors.h"

#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>

namespace dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(ProcessorList, IsReadAsTheKernelWritesIt) {
  EXPECT_THAT(parse_processor_list("0-3,8\n"), Optional(ElementsAre(0, 1, 2, 3, 8)));
  EXPECT_THAT(parse_processor_list("7"), Optional(ElementsAre(7)));
  EXPECT_THAT(parse_processor_list("\n"), Optional(IsEmpty()));
  for (const char* text : {"a", "1-", "3-1", "1,", "-1", "1-2-3", "0-99999999"}) {
    EXPECT_EQ(parse_processor_list(text), std::nullopt) << text;
  }
}

TEST(Processors, OfThisProcessAreKnown) { EXPECT_THAT(allowed_processors(), Not(IsEmpty())); }

/// A host as it shows itself in /proc and /sys: two nodes of four processors, two GPUs at each.
class NearProcessors : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = folder_.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void gpu(const std::string& bus, const std::string& processors) {
    std::string lower = bus;
    for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    write("proc/driver/nvidia/gpus/" + bus + "/information", "");
    write("sys/bus/pci/devices/" + lower + "/local_cpulist", processors + "\n");
  }
  void SetUp() override {
    gpu("0000:B1:00.0", "4-7");
    gpu("0000:17:00.0", "0-3");
    gpu("0000:CA:00.0", "4-7");
    gpu("0000:2A:00.0", "0-3");
  }
  std::vector<int> near(const std::vector<int>& gpus, const std::vector<int>& allowed = {0, 1, 2, 3, 4, 5, 6, 7}) {
    return processors_near(gpus, allowed, folder_.path());
  }
  test::Folder folder_;
};

TEST_F(NearProcessors, AreThoseOfTheNodeOfTheGpu) {
  EXPECT_THAT(near({0}), ElementsAre(0, 1, 2, 3)) << "17:00 is the first on the bus";
  EXPECT_THAT(near({2, 3}), ElementsAre(4, 5, 6, 7));
}

TEST_F(NearProcessors, LeaveNoChoiceWhereAllAreNear) {
  EXPECT_THAT(near({1, 2}), IsEmpty()) << "both nodes";
  EXPECT_THAT(near({}), IsEmpty());
  EXPECT_THAT(near({0}, {0, 1}), IsEmpty()) << "the caller has kept us there already";
}

TEST_F(NearProcessors, StayWithinWhatTheCallerMayUse) {
  EXPECT_THAT(near({3}, {2, 3, 4, 5}), ElementsAre(4, 5));
  EXPECT_THAT(near({3}, {0, 1}), IsEmpty()) << "none of them is near: better far than nowhere";
}

TEST_F(NearProcessors, AreUnknownWhereTheHostDoesNotTell) {
  EXPECT_THAT(near({4}), IsEmpty()) << "no such GPU";
  write("sys/bus/pci/devices/0000:17:00.0/local_cpulist", "what");
  EXPECT_THAT(near({0}), IsEmpty());
  EXPECT_THAT(processors_near({0}, {0, 1}, folder_.path() / "nothing"), IsEmpty());
}

}  // namespace
}  // namespace dynamo
