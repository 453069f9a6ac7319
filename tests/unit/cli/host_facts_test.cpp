#include "cli/host_facts.h"

#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dynamo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

Environment with_devices(const std::string& value) {
  Environment environment;
  environment.variables["CUDA_VISIBLE_DEVICES"] = value;
  return environment;
}

TEST(GpuList, TakesNumbersAndRanges) {
  EXPECT_THAT(parse_gpu_list("0,2-3"), Optional(ElementsAre(0, 2, 3)));
  EXPECT_THAT(parse_gpu_list(" 1 , 0 "), Optional(ElementsAre(1, 0)));
  EXPECT_THAT(parse_gpu_list(""), Optional(IsEmpty()));
}

TEST(GpuList, RefusesEverythingElse) {
  for (const char* text : {"a", "1,", ",1", "3-2", "-1", "1-", "0,0", "0-2,1", "0x1", "1.5", "99999", "0-999999999"}) {
    EXPECT_EQ(parse_gpu_list(text), std::nullopt) << text;
  }
}

TEST(HostGpus, TakesTheCallersVisibleDevices) {
  EXPECT_THAT(host_gpus(with_devices("3,1")).ids, ElementsAre(3, 1));
  EXPECT_THAT(host_gpus(with_devices("")).ids, IsEmpty());
  EXPECT_THAT(host_gpus(with_devices("")).remark, "") << "the caller wants none";
  EXPECT_THAT(host_gpus(with_devices("-1")).remark, "");
}

TEST(HostGpus, EndsTheListWhereCudaEndsIt) { EXPECT_THAT(host_gpus(with_devices("0,-1,2")).ids, ElementsAre(0)); }

TEST(HostGpus, SaysWhatToDoAboutUuids) {
  const GpuPool pool = host_gpus(with_devices("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"));
  EXPECT_THAT(pool.ids, IsEmpty());
  EXPECT_THAT(pool.remark, HasSubstr("by UUID (`GPU-8932f937-d72c-4106-c12f-20bd9faed9f6`)"));
  EXPECT_THAT(pool.remark, HasSubstr("--gpus"));
}

TEST(HostGpus, CountsTheDriversFolderWhereTheCallerSaysNothing) {
  const test::TempDir folder;
  folder.write("gpus/0000:3b:00.0/information", "Model: A\n");
  folder.write("gpus/0000:af:00.0/information", "Model: A\n");
  Environment environment;
  environment.nvidia_folder = folder.path() / "gpus";
  EXPECT_THAT(host_gpus(environment).ids, ElementsAre(0, 1));
  environment.nvidia_folder = folder.path() / "none";
  EXPECT_THAT(host_gpus(environment).ids, IsEmpty());
  EXPECT_THAT(host_gpus(environment).remark, HasSubstr("no NVIDIA driver"));
}

}  // namespace
}  // namespace dynamo
