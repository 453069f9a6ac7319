#include "proto/plan.h"

namespace dynamo {

const PlannedSlot* Plan::find_slot(std::string_view name) const {
  for (const PlannedSlot& slot : slots) {
    if (slot.name == name) return &slot;
  }
  return nullptr;
}

}  // namespace dynamo
