/* windows.h -- what the port uses of Windows, declared for a model of it. */
#ifndef TESTS_PORTS_DOUBLES_WINDOWS_H
#define TESTS_PORTS_DOUBLES_WINDOWS_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#define WINAPI
#define NTAPI
#define BOOL int
#define BOOLEAN unsigned char
#define DWORD uint32_t
#define ULONG uint32_t
#define SIZE_T size_t
typedef void *HANDLE, *HMODULE, *FARPROC;

#define MEM_COMMIT 0x1000
#define MEM_RESERVE 0x2000
#define MEM_DECOMMIT 0x4000
#define MEM_RELEASE 0x8000
#define MEM_RESET 0x80000
#define PAGE_NOACCESS 1
#define PAGE_READWRITE 4
#define FLS_OUT_OF_INDEXES ((DWORD)-1)
#define STD_ERROR_HANDLE ((DWORD)-12)

typedef struct {
    DWORD dwPageSize, dwAllocationGranularity;
} SYSTEM_INFO;
typedef void WINAPI fls_callback(void *);

void GetSystemInfo(SYSTEM_INFO *info);
DWORD GetLastError(void);
void SetLastError(DWORD error);
void *VirtualAlloc(void *base, SIZE_T bytes, DWORD type, DWORD protection);
BOOL VirtualFree(void *base, SIZE_T bytes, DWORD type);
BOOL VirtualProtect(void *base, SIZE_T bytes, DWORD protection, DWORD *before);
HANDLE GetCurrentProcess(void);
HMODULE GetModuleHandleW(const wchar_t *name);
FARPROC GetProcAddress(HMODULE module, const char *name);
DWORD FlsAlloc(fls_callback *callback);
BOOL FlsFree(DWORD index);
BOOL FlsSetValue(DWORD index, void *value);
uint64_t GetTickCount64(void);
HANDLE GetStdHandle(DWORD which);
BOOL WriteFile(HANDLE file, const void *text, DWORD length, DWORD *written, void *overlapped);

#endif
