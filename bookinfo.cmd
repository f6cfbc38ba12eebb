@echo off
rem Runs the command line tool, after building it when it is missing or older than its sources.
rem Its exit codes are the tool's: src/Bookinfo.Cli/Terminal/ExitCode.cs.
setlocal
set "ROOT=%~dp0"
set "TOOL=%ROOT%artifacts\bin\Bookinfo.Cli\release\bookinfo.dll"
set "STAMP=%ROOT%artifacts\up\tool.stamp"

where /q dotnet || (
    echo bookinfo: the .NET SDK 10 is not installed ^(no 'dotnet' in PATH^). Get it from https://dotnet.microsoft.com/download>&2
    exit /b 3
)

for %%a in (%*) do if "%%~a"=="--no-build" goto nobuild

dotnet --list-sdks | findstr /b /c:"10.0." >nul || (
    echo bookinfo: the .NET SDK 10 is not installed ^('dotnet --list-sdks' names none^). Get it from https://dotnet.microsoft.com/download>&2
    exit /b 3
)

set "FRESH="
if exist "%TOOL%" if exist "%STAMP%" (
    rem Directories are compared as well: their time changes when a file is added or removed.
    powershell -NoProfile -Command "$s = (Get-Item -LiteralPath $env:STAMP).LastWriteTimeUtc; $p = 'src', 'Directory.*.props', 'global.json', 'BannedSymbols.txt', '.editorconfig' | ForEach-Object { Join-Path ([WildcardPattern]::Escape($env:ROOT)) $_ }; exit [int][bool](@(Get-Item $p; Get-ChildItem $p -Recurse) | Where-Object { $_.LastWriteTimeUtc -gt $s } | Select-Object -First 1)" && set "FRESH=yes"
)
if defined FRESH goto run

if not exist "%ROOT%artifacts\up" mkdir "%ROOT%artifacts\up"
set "ANALYZE=true"
if not exist "%TOOL%" (
    echo Building the bookinfo tool; only the first time this takes a while.>&2
    rem What is committed has passed the analyzers, which take half of the time.
    set "ANALYZE=false"
)
echo.>"%STAMP%.new"
pushd "%ROOT%"
dotnet build src\Bookinfo.Cli -c Release --nologo -v:quiet -clp:NoSummary -nodeReuse:false -p:UseSharedCompilation=false -p:RunAnalyzers=%ANALYZE% >"%ROOT%artifacts\up\tool.log" 2>&1
if errorlevel 1 (
    popd
    type "%ROOT%artifacts\up\tool.log" >&2
    echo bookinfo: the tool cannot be built; see above.>&2
    exit /b 4
)
popd
move /y "%STAMP%.new" "%STAMP%" >nul
goto run

:nobuild
if not exist "%TOOL%" (
    echo bookinfo: the tool itself is not built yet: run once without --no-build to build it.>&2
    exit /b 4
)

:run
dotnet "%TOOL%" %*
exit /b %ERRORLEVEL%
