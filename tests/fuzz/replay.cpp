// Replays the inputs that the fuzzer kept, in every build: `dynamo_fuzz_replay FOLDER...`. Each must end within its
// time; what else may go wrong ends the process, as it would under the fuzzer.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** arguments) {
  // Of processor time: other programs do not count. The slowest kept input takes a hundredth of it.
  constexpr double most_seconds = 5;
  std::size_t inputs = 0;
  double slowest = 0;
  for (int index = 1; index < count; ++index) {
    for (const auto& entry : std::filesystem::directory_iterator(arguments[index])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
      std::fprintf(stderr, "%s\n", entry.path().c_str());
      const std::clock_t begun = std::clock();
      LLVMFuzzerTestOneInput(input.data(), input.size());
      const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
      if (seconds > most_seconds) {
        std::fprintf(stderr, "took %.1f s of processor time; at most %.0f s are allowed\n", seconds, most_seconds);
        return 1;
      }
      slowest = std::max(slowest, seconds);
      ++inputs;
    }
  }
  std::fprintf(stderr, "%zu inputs, the slowest in %.3f s\n", inputs, slowest);
  return inputs > 0 ? 0 : 1;
}
