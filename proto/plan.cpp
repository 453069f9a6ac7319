#include "proto/plan.h"

namespace dynamo {

std::string variable_part(std::string_view name) {
  std::string result(name);
  for (char& letter : result) {
    if (letter == '-' || letter == '.') letter = '_';
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return result;
}

const PlannedSlot* Plan::find_slot(std::string_view name) const {
  for (const PlannedSlot& slot : slots) {
    if (slot.name == name) return &slot;
  }
  return nullptr;
}

}  // namespace dynamo
