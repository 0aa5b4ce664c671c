# Warnings, sanitizers: for who builds Alsace itself, never seen by who links to it.
add_library(alsace_developer INTERFACE)
if(ALSACE_DEVELOPER)
  if(NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
    set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
  endif()
  target_compile_options(alsace_developer INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  # g++ 12 and 13 see overlaps and frees that are not there, in std::string and std::sort at -O3
  # (GCC bugs 105329, 109224).
  target_compile_options(alsace_developer INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-free-nonheap-object>)
  target_compile_definitions(alsace_developer INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
endif()
if(ALSACE_SANITIZE)
  target_compile_options(alsace_developer INTERFACE
    -fsanitize=${ALSACE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(alsace_developer INTERFACE -fsanitize=${ALSACE_SANITIZE})
  # g++ warns of variables that only its own checks read too early.
  target_compile_options(alsace_developer INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  # Each kernel for the common machine and for the least one: sanitizers compile each set of
  # instructions for minutes, and release tests all of them.
  target_compile_definitions(alsace_developer INTERFACE
    "HWY_DISABLED_TARGETS=((HWY_AVX2-1)|HWY_SSE4|HWY_SSSE3)")
endif()

# Compiles what was compiled before from a cache, where there is one.
find_program(ALSACE_CCACHE ccache)
if(PROJECT_IS_TOP_LEVEL AND ALSACE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ALSACE_CCACHE})
endif()
