// What every engine does with a response before it hands it over.
#ifndef DNSWARM_ENGINE_DELIVERY_H_
#define DNSWARM_ENGINE_DELIVERY_H_

#include "dnswarm/resolver.h"
#include "engine/question.h"

namespace dnswarm {

// The INVALID_NAME response to a question that is none.
Response invalid_name_response(const Question& question);

// finished, definitive, by_rcode or by_failure.
void count(const Response& response, Stats& stats);

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_DELIVERY_H_
